"""Changed stories → ledger → editions → files."""
