from django.urls import path, register_converter

from . import converters, views

register_converter(converters.SeasonConverter, "season")

app_name = "catalogue"
urlpatterns = [
    path("products/", views.ProductList.as_view(), name="products"),
    path("products/new/", views.ProductCreate.as_view(), name="new-product"),
    path("products/<slug:slug>/", views.ProductDetail.as_view(), name="product"),
    path("products/<slug:slug>/edit/", views.ProductUpdate.as_view()),
    path("products/<slug:slug>/delete/", views.ProductDelete.as_view()),
    path("products/<int:product_id>/reviews/", views.reviews),
    path("reviews/<int:review_id>/", views.review),
    path("seasons/<season:season>/", views.season),
    path("basket/", views.basket),
    path("files/<uuid:key>.<str:ending>", views.download),
]
