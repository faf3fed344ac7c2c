"""What must hold of customers and segments, whatever happened (RELIABILITY 21)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "segments_of_the_map_have_no_rows",
        _("a segment of the map has no rows of members: it is read off the map"),
        """
        SELECT m.id AS membership_id, s.code FROM customers_segmentmembership m
        JOIN customers_segment s ON s.id = m.segment_id WHERE s.kind = 'rfm'
        """,
    ),
    Invariant(
        "segments_moves_add_up",
        _("whoever is in a segment by conditions entered it last, and whoever is not has left it"),
        """
        SELECT COALESCE(m.segment_id, v.segment_id) AS segment_id, c.id AS customer_id, v.entered
        FROM (SELECT m.* FROM customers_segmentmembership m
              JOIN customers_segment s ON s.id = m.segment_id AND s.kind = 'rule') m
        FULL JOIN (SELECT DISTINCT ON (v.segment_id, v.customer_id) v.segment_id, v.customer_id, v.entered
                   FROM customers_segmentmove v JOIN customers_segment s ON s.id = v.segment_id AND s.kind = 'rule'
                   ORDER BY v.segment_id, v.customer_id, v.id DESC) v
          ON v.segment_id = m.segment_id AND v.customer_id = m.customer_id
        JOIN customers_customer c ON c.id = COALESCE(m.customer_id, v.customer_id)
             AND c.merged_into_id IS NULL AND c.erased_at IS NULL
        WHERE (m.id IS NOT NULL) IS DISTINCT FROM COALESCE(v.entered, FALSE)
        """,
    ),
    Invariant(
        "segments_are_refreshed",
        _("every segment by conditions was gone over within the last day"),
        """
        SELECT id AS segment_id, code, refreshed_at, dirty_at FROM customers_segment
        WHERE kind = 'rule' AND archived_at IS NULL AND created_at < now() - interval '1 day'
          AND (refreshed_at IS NULL OR refreshed_at < now() - interval '1 day')
        """,
    ),
)
