from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_import_runs")]
    operations = [
        migrations.AddField(
            model_name="purchase",
            name="is_returned",
            field=models.BooleanField(db_default=False, default=False, verbose_name="given back whole"),
        ),
    ]
