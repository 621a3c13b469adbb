"""The completion rule, the ledger of completion records, the certificate page."""
