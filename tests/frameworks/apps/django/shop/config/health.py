from django.http import HttpResponseNotFound, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def health(request):
    return JsonResponse({"ok": True})


def routes(request):
    return JsonResponse({"routes": []})


def not_found(request, exception):
    return HttpResponseNotFound("not here")
