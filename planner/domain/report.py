"""The planning report of a project and of a portfolio: one object that HTML, PDF, Markdown and DOCX are made from."""

from planner.domain.report_models import PortfolioReport, ProjectReport, Report
from planner.domain.report_portfolio import build_portfolio_report, report_as_of
from planner.domain.report_project import build_project_report
from planner.domain.report_records import ContractEntry, Decisions, PortfolioRecord, ProjectRecord

__all__ = [
    "ContractEntry",
    "Decisions",
    "PortfolioRecord",
    "PortfolioReport",
    "ProjectRecord",
    "ProjectReport",
    "Report",
    "build_portfolio_report",
    "build_project_report",
    "report_as_of",
]
