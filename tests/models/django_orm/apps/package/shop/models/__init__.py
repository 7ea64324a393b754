from .product import Product
from .order import Line, Order

__all__ = ["Line", "Order", "Product"]
