import json

from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods
from django.views.generic import CreateView, DeleteView, DetailView, ListView, UpdateView

from . import services
from .models import Product


class ProductList(ListView):
    model = Product

    def get_queryset(self):
        return services.products_of(("spring", 2024))


class ProductDetail(DetailView):
    model = Product


class Staff(LoginRequiredMixin, PermissionRequiredMixin):
    permission_required = "catalogue.change_product"


class ProductCreate(Staff, CreateView):
    model = Product
    fields = ["name", "slug", "season", "price"]

    def form_valid(self, form):
        services.write_review(form.instance.pk, "new")
        return super().form_valid(form)


class ProductUpdate(Staff, UpdateView):
    model = Product
    fields = ["name", "price"]
    http_method_names = ["get", "post"]


class ProductDelete(Staff, DeleteView):
    model = Product

    def get(self, request, *args, **kwargs):
        return HttpResponse("really?")


@csrf_exempt
def reviews(request, product_id):
    if request.method == "GET":
        return JsonResponse({"reviews": []})
    if request.method == "POST":
        review = services.write_review(product_id, json.loads(request.body)["text"])
        return JsonResponse({"id": review.pk}, status=201)
    return JsonResponse({"error": "method not allowed"}, status=405)


@csrf_exempt
@login_required
@require_http_methods(["PUT", "DELETE"])
def review(request, review_id):
    if request.method == "DELETE":
        services.delete_review(review_id)
        return HttpResponse(status=204)
    return JsonResponse({"id": review_id})


@require_GET
def season(request, season):
    return JsonResponse({"products": [product.name for product in services.products_of(season)]})


@permission_required("catalogue.add_order")
def basket(request):
    method = request.method
    if method not in ("POST", "DELETE"):
        return HttpResponseNotAllowed(["POST", "DELETE"])
    if method == "DELETE":
        request.basket.empty()
        return HttpResponse(status=204)
    return JsonResponse({"lines": request.basket.add(request.POST["product"])})


def download(request, key, ending):
    return HttpResponse(content_type=f"image/{ending}")
