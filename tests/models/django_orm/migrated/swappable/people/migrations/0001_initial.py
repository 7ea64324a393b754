import uuid

from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4)),
                ("password", models.CharField(max_length=128)),
                ("username", models.CharField(max_length=150, unique=True)),
                ("groups", models.ManyToManyField(blank=True, related_name="user_set", to="auth.group")),
            ],
            options={"abstract": False, "swappable": "AUTH_USER_MODEL"},
        ),
    ]
