"""Every storage call of every command that writes, failed in every way; a lost disk; mistakes."""
