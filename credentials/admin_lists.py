"""What the admin's lists share: they read only, count no further than they must, and can be taken along as a file."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.paginator import Paginator
from django.db.models import Field, QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.functional import cached_property

from credentials.accounts.door import caller
from credentials.audit import narrowed
from credentials.exports import FORMS
from credentials.vault import accounts

if TYPE_CHECKING:  # Django's own classes take no type arguments when they run
    ModelAdmin: TypeAlias = admin.ModelAdmin[Any]
    Rows: TypeAlias = Paginator[Any]
else:
    ModelAdmin, Rows = admin.ModelAdmin, Paginator

MOST_COUNTED = 1000


class Counted(Rows):
    """Counts up to a thousand: the exact number of a million would cost more than the page."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return min(len(rows.order_by().values_list("pk")[: MOST_COUNTED + 1]), MOST_COUNTED)


class ReadOnly(ModelAdmin):
    """Sees, never changes. Sealed columns are not editable and so in no page."""

    list_per_page = 50
    show_full_result_count = False
    paginator = Counted
    change_list_template = "admin/exported_change_list.html"
    export: tuple[str, ...] = ()  # columns; by default those of the list

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """A filter in the address must not answer guesses at a hash."""
        return not re.match("password|digest|.*__(password|digest)", lookup) and super().lookup_allowed(
            lookup, value, request
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/<str:form>/", self.admin_site.admin_view(self.exported), name=name), *super().get_urls()]

    def exported(self, request: HttpRequest, form: str) -> StreamingHttpResponse:
        """What the list shows with these filters, whole, as `csv` or `jsonl`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if form not in FORMS or request.method != "GET":
            raise Http404
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except (IncorrectLookupParameters, SuspiciousOperation):
            raise Http404 from None
        columns = self.export or tuple(str(column) for column in self.list_display)
        accounts.take_along(caller(request), what=str(self.opts.model_name))
        mime, write = FORMS[form]
        response = StreamingHttpResponse(write(columns, _values(rows, columns)), content_type=mime)
        response["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}.{form}"'
        return response


def _values(rows: QuerySet[Any], columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """By the rows' own columns: a relation gives its id, as the database holds it."""
    names = [_column(rows, name) for name in columns]
    return iter(rows.values_list(*names).iterator(chunk_size=1000))


def _column(rows: QuerySet[Any], name: str) -> str:
    field = rows.model._meta.get_field(name)
    return str(field.attname) if isinstance(field, Field) else name


def one_of(title: str, column: str, values: Iterable[str]) -> type[admin.SimpleListFilter]:
    """A filter of events by a closed vocabulary: asking the table which values it holds would read all of it."""
    choices = [(str(value), str(value)) for value in values]

    class OneOf(admin.SimpleListFilter):
        parameter_name = column

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return choices

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            value = self.value()
            return narrowed(queryset, column, value) if value else queryset

    OneOf.title = title
    return OneOf
