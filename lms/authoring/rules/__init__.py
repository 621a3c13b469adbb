"""What is true of texts and of those who work on them."""
