"""Customers and purchases from files: nothing of a file is there before all of it is (CU-6, ADR 14)."""

from customers.services.imports.applying import StageIsGone, apply_import
from customers.services.imports.checking import (
    end_stage,
    fail_import,
    judge_rows,
    prepare_stage,
    read_again,
    stage_rows,
)
from customers.services.imports.forgetting import forget_imports
from customers.services.imports.runs import (
    Choice,
    FileIsGone,
    HasWrongLines,
    Upload,
    begin_import,
    check_import,
    choose_columns,
    start_import,
    stop_import,
    undo_import,
)
from customers.services.imports.settling import finish_import, forget_import, settle_some
from customers.services.imports.undoing import take_back

__all__ = [
    "Choice",
    "FileIsGone",
    "HasWrongLines",
    "StageIsGone",
    "Upload",
    "apply_import",
    "begin_import",
    "check_import",
    "choose_columns",
    "end_stage",
    "fail_import",
    "finish_import",
    "forget_import",
    "forget_imports",
    "judge_rows",
    "prepare_stage",
    "read_again",
    "settle_some",
    "stage_rows",
    "start_import",
    "stop_import",
    "take_back",
    "undo_import",
]
