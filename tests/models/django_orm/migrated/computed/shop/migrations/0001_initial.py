from django.db import migrations, models

NAMES = ("one", "two")


def text(**options):
    return models.CharField(max_length=7, **options)


def forwards(apps, schema_editor):
    apps.get_model("shop", "A").objects.update(one="")


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("A", [("id", models.AutoField(primary_key=True))]),
        *(migrations.AddField("a", name, text(default="")) for name in NAMES),
    ] + [migrations.RunPython(forwards, migrations.RunPython.noop), migrations.RunSQL("UPDATE shop_a SET two = ''", migrations.RunSQL.noop)]
