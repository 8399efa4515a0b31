"""Between the free `values` that agents name as they like and the vault's shape; shared by Kernel and MCP.

Skyvern's three kinds of credential meet the same values by the table in skyvern_values.py.

in `values`                      | in the vault                                   | shown again as
---------------------------------+------------------------------------------------+------------------------
username                         | the metadata column `username`, as it is,      | a name in value_keys,
                                 | so that people find it; "" is none             | never the text itself
password                         | sealed value `password`                        | a name in value_keys
card_number, card_cvv, …         | sealed values of the same names                | names in value_keys
secret_value                     | sealed value `secret_value`                    | a name in value_keys
any other name                   | sealed value of that name, byte for byte       | a name in value_keys

The type, chosen once when the credential is made: `card_number` makes a credit_card; `secret_value` without a
`password` makes a secret; everything else, nothing included, a password.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from credentials.vault.credentials import Fields

USERNAME = "username"


def to_vault(values: Mapping[str, str], removed: Iterable[str] = ()) -> Fields:
    """The fields of the vault for values to merge and names to remove. A name in both keeps the new value."""
    fields = Fields(values={name: value for name, value in values.items() if name != USERNAME})
    names = set(removed)
    if USERNAME in values:
        fields["username"] = values[USERNAME]
    elif USERNAME in names:
        fields["username"] = ""
    if names - {USERNAME}:
        fields["remove_value_keys"] = sorted(names - {USERNAME})
    return fields


def type_of(values: Mapping[str, str]) -> str:
    if "card_number" in values:
        return "credit_card"
    return "secret" if "secret_value" in values and "password" not in values else "password"


def value_keys(credential: Any) -> list[str]:
    """The names of everything that the credential holds a value for."""
    return sorted({*credential.value_keys, *([USERNAME] if credential.username else [])})
