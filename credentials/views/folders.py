"""The page of folders: what there is, a new one, another title, one less."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from credentials.access import Action
from credentials.errors import Invalid
from credentials.forms import FolderForm
from credentials.vault import folders as vault
from credentials.vault.credentials import come_to_form
from credentials.views.door import caller, page


@require_http_methods(["GET", "POST"])
@login_required
def folders(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    form = FolderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = vault.add_folder(who, **form.cleaned_data)
        except Invalid as problem:
            form.show(problem)
        else:
            messages.success(request, f"The folder {added.title} is there.")
            return redirect("folders", slug)
    return page(request, "folders.html", who, form=form, folders=vault.list_folders(who))


@require_http_methods(["GET", "POST"])
@login_required
def edit_folder(request: HttpRequest, slug: str, folder_id: str) -> HttpResponse:
    who = caller(request, slug)
    come_to_form(who, action=Action.FOLDER_EDIT)
    found = vault.see_folder(who, folder_id=folder_id)
    form = FolderForm(request.POST or None, initial={"title": found.title, "description": found.description})
    if request.method == "POST" and form.is_valid():
        try:
            vault.edit_folder(who, folder_id=folder_id, **form.cleaned_data)
        except Invalid as problem:
            form.show(problem)
        else:
            messages.success(request, "Saved.")
            return redirect("folders", slug)
    return page(request, "edit_folder.html", who, form=form, folder=found)


@require_POST
@login_required
def delete_folder(request: HttpRequest, slug: str, folder_id: str) -> HttpResponse:
    vault.delete_folder(caller(request, slug), folder_id=folder_id)
    messages.success(request, "The folder is gone; what was in it is in no folder now.")
    return redirect("folders", slug)
