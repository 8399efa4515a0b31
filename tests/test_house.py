"""The house rules that no linter knows (STYLE 3): sizes, no inline script or style, docstrings, names, admin."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models.constants import LOOKUP_SEP
from django.template.loader import get_template
from django.urls import URLResolver, get_resolver

pytestmark = pytest.mark.same_everywhere

HOUSE = settings.BASE_DIR
MODULES = sorted([*HOUSE.glob("config/**/*.py"), *HOUSE.glob("credentials/**/*.py"), HOUSE / "manage.py"])
HAND_WRITTEN = [path for path in MODULES if "migrations" not in path.parts]
TEMPLATES = sorted(HOUSE.glob("templates/**/*.html"))
SCRIPTS = sorted(path for path in HOUSE.glob("static/js/**/*.js") if "vendor" not in path.parts)
STYLES = sorted(path for path in HOUSE.glob("static/css/*.css") if path.name != "admin.css")  # which dresses Django's
WORN = "\n".join(path.read_text(encoding="utf-8") for path in (*TEMPLATES, *SCRIPTS, *HAND_WRITTEN))
# Pages that answer with a redirect, a plain text, or with the page of another name.
RENDERS_NOTHING = {
    "home", "reveal_version", "restore_version", "trash_credential", "restore_credential", "purge_credential",
    "star_credential", "trash_credentials", "restore_credentials", "move_credentials", "delete_folder", "generate",
    "check_totp", "scan_read", "scan_save",
    "healthz", "readyz", "metrics", "mcp", "hook_codes", "hook_otp", "end_session", "end_other_sessions",
    "change_role", "remove_member", "revoke_api_key", "verify_audit", "export_audit", "withdraw_invitation",
    "mark_rotation", "claim_code", "discard_code", "correct_code", "revoke_hook",
}  # fmt: skip
RENDERS_ANOTHER = {
    "add_credential": "credential_form.html", "edit_credential": "credential_form.html", "live_codes": "_received.html",
}  # fmt: skip


def name(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def own_patterns(resolver: URLResolver):
    """The patterns whose views are ours; the admin's pages are Django's."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from own_patterns(pattern)
        elif re.match(r"credentials\.(?!admin)", getattr(pattern.callback, "__module__", "")):
            yield pattern


OWN = {pattern.name: pattern for pattern in own_patterns(get_resolver())}


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_house_is_where_the_test_looks():
    assert len(HAND_WRITTEN) > 30
    assert len(TEMPLATES) > 20
    assert len(SCRIPTS) > 5
    assert {"credentials", "reveal", "code"} <= OWN.keys()


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=name)
def test_a_module_is_short_and_says_what_lives_in_it(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert length(path) <= 300
    assert not tree.body or ast.get_docstring(tree), "no module docstring"


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=name)
def test_a_function_is_short(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: node.end_lineno - node.lineno + 1 for node in functions}
    assert {where: lines for where, lines in lengths.items() if lines > 40} == {}


@pytest.mark.parametrize("path", sorted(HOUSE.glob("credentials/views/*.py")), ids=name)
def test_no_view_asks_for_a_role_or_a_row(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\.objects\b|\.role\b|\bRole\b|\bskip_\w+", text)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_is_marked_safe(path):
    assert not re.search(r"mark_safe|SafeString|autoescape", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_is_short_and_fits_the_strict_policy(path):
    text = path.read_text(encoding="utf-8")
    assert length(path) <= 100 or path.name == "_icons.html"
    assert not re.search(r"<style\b|\sstyle\s*=", text), "an inline style"
    assert not re.search(r"<[^>]*\son\w+\s*=", text), "an inline handler"
    assert not re.search(r"\|\s*safe\b|autoescape\s+off|javascript:", text), "markup that is not escaped"
    assert not [body for body in re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.S) if body.strip()]
    assert not re.search(r"(src|href)=\"(https?:)?//", text), "something from elsewhere"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_form_that_changes_something_carries_its_token(path):
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(encoding="utf-8"), re.S):
        assert "csrf_token" in form


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_is_short_and_makes_no_markup_from_text(path):
    text = path.read_text(encoding="utf-8")
    assert length(path) <= 60
    assert not re.search(r"\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert not re.search(r"(local|session)Storage[^;]*(secret|code|value\b)", text), "a secret kept in the browser"


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_a_style_is_short_and_every_class_in_it_is_worn(path):
    """By a template, a script or a form of ours, or by allauth's elements, whose templates are ours too."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert length(path) <= 400
    sheet = re.sub(r"\{[^{}]*\}", "{}", text)
    unworn = {found for found in re.findall(r"\.(-?[a-z][\w-]*)", sheet) if not re.search(rf"\b{found}\b", WORN)}
    assert unworn - {"js", "css"} == set()


def test_every_style_is_loaded_in_one_place():
    loaded = (HOUSE / "templates/_styles.html").read_text(encoding="utf-8")
    assert {path.name for path in STYLES} == set(re.findall(r"css/(\w+\.css)", loaded))
    elsewhere = [
        name(path) for path in TEMPLATES if path.name != "_styles.html" and 'rel="stylesheet"' in path.read_text()
    ]
    assert elsewhere == ["templates/admin/base_site.html"]


@pytest.mark.parametrize("url_name", sorted(OWN))
def test_a_url_a_view_and_a_template_have_one_name(url_name):
    assert inspect.unwrap(OWN[url_name].callback).__name__ == url_name
    if url_name not in RENDERS_NOTHING and not url_name.startswith(("kernel_", "release_", "skyvern_")):
        get_template(RENDERS_ANOTHER.get(url_name, f"{url_name}.html"))


def column_exists(model, path: str) -> bool:
    for part in path.lstrip("=^@").split(LOOKUP_SEP):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return False
        model = field.related_model if field.is_relation else model
    return True


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_an_admin_page_names_columns_that_exist(model):
    page = admin.site._registry[model]
    shown = [column for column in page.list_display if not (hasattr(page, column) or column == "__str__")]
    plain = [one[0] if isinstance(one, tuple) else one for one in page.list_filter]
    filters = [getattr(one, "parameter_name", one) for one in plain]
    sought = [column.removesuffix("__exact") for column in page.search_fields]
    for column in (*shown, *filters, *sought, *(page.fields or ()), *(page.exclude or ()), *page.export):
        assert column_exists(model, column), f"{model.__name__} has no {column}"


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_an_admin_page_reads_only(model, rf):
    page = admin.site._registry[model]
    inlines = [inline(model, admin.site) for inline in page.inlines]
    for part in (page, *inlines):
        assert not part.has_add_permission(rf.get("/"), *([None] if part in inlines else []))
        assert not part.has_change_permission(rf.get("/"))
        assert not part.has_delete_permission(rf.get("/"))


@pytest.mark.parametrize("path", sorted(HOUSE.glob("credentials/migrations/0*.py")), ids=name)
def test_a_migration_has_a_name_that_somebody_chose(path):
    assert not re.search(r"_auto_|_initial$|_alter_|_and_more", path.stem)
