"""Messages in the back office: the list, a message with its letter, sending again, a customer's last messages."""

from notifications.admin.messages import MessageAdmin

__all__ = ["MessageAdmin"]
