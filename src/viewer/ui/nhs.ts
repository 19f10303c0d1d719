/** The one place that names the component library: a screen imports from src/viewer/ui and nothing else. */
export { BackLink, Button, DateInput, Details, ErrorSummary, Fieldset, InsetText, Radios, Select, SummaryList, Table, Tag, Textarea, TextInput, WarningCallout } from 'nhsuk-react-components';
