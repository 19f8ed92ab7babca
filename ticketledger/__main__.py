"""`python -m ticketledger` is the command line."""

from ticketledger.cli import main

if __name__ == "__main__":
    main()
