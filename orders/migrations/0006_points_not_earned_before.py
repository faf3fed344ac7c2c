"""Orders paid before there was a ledger earned nothing, and their customers were shown no points: now they say so."""

from django.db import migrations

FORGET = """
UPDATE orders_order SET points_to_earn = 0,
    quote = quote || jsonb_build_object(
        'points_to_earn', 0,
        'explanation', COALESCE((SELECT jsonb_agg(step ORDER BY place)
                                 FROM jsonb_array_elements(quote -> 'explanation') WITH ORDINALITY AS t (step, place)
                                 WHERE step ->> 'step' <> 'earn'), '[]'))
WHERE paid_at IS NOT NULL AND points_to_earn > 0
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_points_of_refunds_and_fees")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
