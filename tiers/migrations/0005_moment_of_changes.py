from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tiers", "0004_thresholds_of_changes")]

    operations = [
        migrations.AddIndex(
            model_name="tierchange",
            index=models.Index("changed_at", name="tiers_change_moment"),
        ),
    ]
