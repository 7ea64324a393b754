from .basket import Basket


def basket_middleware(get_response):
    def middleware(request):
        request.basket = Basket(request.session)
        return get_response(request)

    return middleware
