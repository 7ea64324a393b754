from django.http import HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt


def owner_only(view):
    def checked(request, customer, *args, **kwargs):
        if request.user.pk != customer:
            return HttpResponse(status=403)
        return view(request, customer, *args, **kwargs)

    return checked


@method_decorator(never_cache, name="dispatch")
class Account(View):
    @method_decorator(csrf_exempt)
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return JsonResponse({"name": request.user.username})

    def patch(self, request):
        return JsonResponse({})

    def options(self, request):
        return HttpResponse(headers={"Allow": "GET, PATCH"})


def newsletter(request):
    request.user.subscribe()
    return HttpResponse(status=204)


@owner_only
def orders(request, customer, order=None):
    match request.method:
        case "GET":
            return JsonResponse({"customer": customer, "order": order})
        case "POST" | "PUT":
            return JsonResponse({}, status=201)
        case _:
            return HttpResponse(status=405)
