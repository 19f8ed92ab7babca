"""The truth a second time: what a ledger must answer, as slow and plain Python.

Written from the specification, not from the SQL, and without importing ticketledger. Instants are
whole microseconds since 1970 in UTC; JSON maps are canonical JSON text; a row is a dict.
"""
