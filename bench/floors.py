"""What a view costs here that does next to nothing, under the same middleware: constant JSON, and one SELECT by an
index and one INSERT as anybody would write them. They exist under bench/settings.py alone."""

from django.db import models
from django.http import HttpRequest, JsonResponse
from django.urls import path

from config import urls
from credentials.models import ApiKey

handler500 = urls.handler500


class Visit(models.Model):
    who = models.CharField(max_length=40)
    what = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"
        managed = False  # bench/filling.py makes it
        db_table = "bench_visit"

    def __str__(self) -> str:
        return self.what


def constant(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"code": "123456", "expires_at": "2026-01-01T00:00:00Z"})


def select_and_insert(request: HttpRequest) -> JsonResponse:
    key = ApiKey.objects.get(prefix=request.headers["x-api-key"][:11])
    Visit.objects.create(who=key.id, what="credential.code")
    return JsonResponse({"code": "123456", "expires_at": "2026-01-01T00:00:00Z"})


urlpatterns = [
    path("bench/constant", constant, name="bench_constant"),
    path("bench/select-and-insert", select_and_insert, name="bench_select_and_insert"),
    *urls.urlpatterns,
]
