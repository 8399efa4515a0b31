"""Mail goes out beside the request: its time is not the visitor's, and a mail server that is down stops no sign-in."""

import logging
from concurrent.futures import ThreadPoolExecutor
from smtplib import SMTPException

from django.core.mail import EmailMessage

log = logging.getLogger(__name__)
_sender = ThreadPoolExecutor(1, thread_name_prefix="mail")


def hand_over(mail: EmailMessage) -> None:
    _sender.submit(_send, mail)


def wait() -> None:
    """Until everything that was handed over is gone."""
    _sender.submit(int).result()


def _send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except (OSError, SMTPException) as problem:
        log.warning("A mail could not be sent: %s", type(problem).__name__)  # its text may repeat the address
