from django.db import models


class Place(models.Model):
    name = models.CharField(max_length=50)
    address = models.CharField(max_length=80)


class Restaurant(Place):
    serves_pizza = models.BooleanField(default=False)
    friends = models.ManyToManyField(Place, related_name="befriended")


class Pizzeria(Restaurant):
    ovens = models.IntegerField()


class Museum(Place):
    base = models.OneToOneField(Place, on_delete=models.CASCADE, parent_link=True, related_name="as_museum")
    price = models.IntegerField()


class Waiter(models.Model):
    restaurant = models.ForeignKey(Restaurant, on_delete=models.CASCADE)
    lives_in = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="inhabitants")


class Moving(models.Model):
    speed = models.IntegerField()

    class Meta:
        abstract = True


class FoodTruck(Moving, Restaurant):
    wheels = models.IntegerField(default=4)


class Priced(models.Model):
    price = models.IntegerField()


class SoldMuseum(Museum):
    buyer = models.CharField(max_length=9)
