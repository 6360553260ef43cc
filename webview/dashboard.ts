/** Entry of the dashboard's page. */
import './styles/page.css';
import './styles/controls.css';
import './styles/overview.css';
import './styles/rows.css';
import './styles/cards.css';
import './styles/trends.css';
import './styles/recent-jobs.css';
import './components/crew-dashboard.ts';
