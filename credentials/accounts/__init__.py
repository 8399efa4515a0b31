"""The door of the accounts: django-allauth does the signing in, this package tells the vault what happened.

Adapter hooks where allauth offers one; its signals where it offers nothing else (a second factor added, removed or
used; a password changed), which is what its documentation has them for. Our own models send none.
"""
