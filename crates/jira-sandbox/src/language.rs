//! Jira's own words in the languages of profiles: what a German profile calls types, states,
//! priorities and fields.

/// English and German, as Jira Cloud shows them. What administrators name themselves has one form
/// only.
const GERMAN: &[(&str, &str)] = &[
    // Issue types
    ("Bug", "Fehler"),
    ("Task", "Aufgabe"),
    ("Sub-task", "Unteraufgabe"),
    ("Subtask", "Untergeordnete Aufgabe"),
    // Statuses and their categories
    ("To Do", "Zu erledigen"),
    ("In Progress", "In Arbeit"),
    ("Done", "Fertig"),
    ("Open", "Offen"),
    ("Resolved", "Erledigt"),
    ("Closed", "Geschlossen"),
    // Priorities
    ("Highest", "Sehr hoch"),
    ("High", "Hoch"),
    ("Medium", "Mittel"),
    ("Low", "Niedrig"),
    ("Lowest", "Sehr niedrig"),
    // Fields
    ("Issue Type", "Vorgangstyp"),
    ("Parent", "Übergeordnet"),
    ("Project", "Projekt"),
    ("Fix versions", "Lösungsversionen"),
    ("Affects versions", "Betrifft Versionen"),
    ("Resolution", "Lösung"),
    ("Priority", "Priorität"),
    ("Labels", "Stichwörter"),
    ("Assignee", "Zugewiesene Person"),
    ("Reporter", "Autor"),
    ("Components", "Komponenten"),
    ("Description", "Beschreibung"),
    ("Time tracking", "Zeitverfolgung"),
    ("Attachment", "Anhang"),
    ("Summary", "Zusammenfassung"),
    ("Environment", "Umgebung"),
    ("Due date", "Fälligkeitsdatum"),
    ("Comment", "Kommentar"),
    ("Epic Link", "Epic-Verknüpfung"),
    ("Start date", "Startdatum"),
    ("Story Points", "Story-Punkte"),
];

/// The German word for one of Jira's own; anything else stays as it is.
pub(super) fn german(english: &str) -> &str {
    GERMAN.iter().find(|(known, _)| *known == english).map_or(english, |(_, german)| german)
}

/// Whether a name means one of Jira's words, in either language and any letter case.
pub(super) fn means(given: &str, english: &str) -> bool {
    given.eq_ignore_ascii_case(english) || given.to_lowercase() == german(english).to_lowercase()
}
