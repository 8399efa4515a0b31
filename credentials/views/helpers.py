"""What the form of a credential asks while somebody fills it in: a password, the code of a TOTP secret. All POST, all
JSON; nothing is stored."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from credentials.errors import Invalid
from credentials.forms import GeneratorForm
from credentials.vault import generate as vault
from credentials.vault import preview
from credentials.views.door import caller
from credentials.views.shapes import code_as_json


@require_POST
@login_required
def generate(request: HttpRequest, slug: str) -> JsonResponse:
    who, form = caller(request, slug), GeneratorForm(request.POST)
    if not form.is_valid():
        raise Invalid("Choose a length, and at least one kind of character.")
    given = form.cleaned_data
    if given["kind"] == "passphrase":
        return JsonResponse({"value": vault.generate_passphrase(who, words=given["words"] or 5)})
    classes = frozenset(given["classes"] or vault.CLASSES)
    return JsonResponse({"value": vault.generate_password(who, length=given["length"] or 20, classes=classes)})


@require_POST
@login_required
def check_totp(request: HttpRequest, slug: str) -> JsonResponse:
    """What is no secret yet is a problem to show beside the field, and no failure of the request."""
    try:
        found = preview.preview_totp(caller(request, slug), given=request.POST.get("totp_secret", ""))
    except Invalid as problem:
        return JsonResponse({"problem": problem.message})
    settings = {"algorithm": found.algorithm, "digits": found.digits, "is_short": found.is_short}
    return JsonResponse({**code_as_json(found.code), **settings})
