"""What a load balancer asks: does the process answer, do the database and the keys."""

from django.db import connection

from credentials.vault import seals


def test_a_ready_server_says_so_and_nothing_more(client, db):
    assert (client.get("/readyz").status_code, client.get("/readyz").content) == (200, b"ok\n")
    assert (client.get("/healthz").status_code, client.get("/healthz").content) == (200, b"ok\n")


def test_with_wrong_keys_it_lives_but_is_not_ready(client, db, settings):
    seals.open_canary()
    settings.VAULT_KEYS = ["another-key-of-enough-length-0123456789"]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready\n")
    assert client.get("/healthz").status_code == 200


def test_without_its_tables_it_is_not_ready(client, db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE credentials_canary RENAME TO elsewhere")
    answer = client.get("/readyz")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ALTER TABLE elsewhere RENAME TO credentials_canary")
    assert (answer.status_code, answer.content) == (503, b"not ready\n")
