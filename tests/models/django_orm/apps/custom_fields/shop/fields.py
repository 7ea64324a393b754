from django.db import models


class UpperField(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 12
        kwargs.setdefault("unique", True)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value):
        return super().get_prep_value(value).upper()


class MoneyField(models.DecimalField):
    description = "money"

    def __init__(self, verbose_name=None, **kwargs):
        super().__init__(verbose_name, max_digits=12, decimal_places=2, **kwargs)

    def deconstruct(self):
        name, path, arguments, options = super().deconstruct()
        del options["max_digits"], options["decimal_places"]
        return name, path, arguments, options


class OwnerKey(models.ForeignKey):
    def __init__(self, to="shop.Owner", on_delete=models.CASCADE, **kwargs):
        super().__init__(to, on_delete, **kwargs)


class Plain(models.TextField):
    pass


class Older(Plain):
    def __init__(self, *args, **kwargs):
        kwargs["null"] = True
        Plain.__init__(self, *args, **kwargs)
