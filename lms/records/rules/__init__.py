"""What is true of completion and of the ledger, as pure functions over plain values."""
