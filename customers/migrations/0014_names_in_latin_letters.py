import django.contrib.postgres.indexes
from django.db import migrations

import customers.models.customer


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0013_downloads"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="customer", name="customer_names_trgm"),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    customers.models.customer.LatinName("last_name", "first_name", "last_name"), name="gin_trgm_ops"
                ),
                name="customer_names_trgm",
            ),
        ),
    ]
