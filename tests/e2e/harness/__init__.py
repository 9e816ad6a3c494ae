"""What the tests drive and look at, one noun a module."""
