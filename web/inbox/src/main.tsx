import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/login.css";
import "./styles/side.css";
import "./styles/layout.css";
import "./styles/list.css";
import "./styles/bubble.css";
import "./styles/attachment.css";
import "./styles/thread.css";
import "./styles/composer.css";
import "./styles/overlays.css";
import "./styles/approvals.css";
import "./styles/records.css";

import { render } from "preact";
import { watchAttention } from "./attention";
import { startClock } from "./clock";
import { watchRoute } from "./route";
import { resume } from "./session";
import { startTheme } from "./theme";
import { App } from "./views/App";

startTheme();
startClock();
watchRoute();
watchAttention();
render(<App />, document.getElementById("page")!);
void resume();
