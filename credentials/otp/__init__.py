"""One-time codes as pure functions: no Django, no clock, no randomness. The vault calls them."""
