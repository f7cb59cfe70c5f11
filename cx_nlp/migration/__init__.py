"""From one taxonomy to another: labels renamed, merged, split and added, with labelled data and history brought along."""

from cx_nlp.migration.form import Migration, Part, read_migration
from cx_nlp.migration.run import Migrated, migrate

__all__ = ["Migrated", "Migration", "Part", "migrate", "read_migration"]
