"""The planning report of a project and of a portfolio: one object that HTML, PDF, Markdown and DOCX are made from."""

from planner.domain.report_models import (
    ContractEntry,
    PortfolioRecord,
    PortfolioReport,
    ProjectRecord,
    ProjectReport,
    Report,
)
from planner.domain.report_portfolio import build_portfolio_report
from planner.domain.report_project import build_project_report

__all__ = [
    "ContractEntry",
    "PortfolioRecord",
    "PortfolioReport",
    "ProjectRecord",
    "ProjectReport",
    "Report",
    "build_portfolio_report",
    "build_project_report",
]
