from django.http import HttpRequest, HttpResponse

from loyalty_site.kernel.backoffice import page, staff_page


@staff_page("promocodes.view_report")
def show(request: HttpRequest) -> HttpResponse:
    return page(request, "admin/base_site.html", title="report")


as_csv = as_xlsx = show
