import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/page.css";
import "./styles/status.css";
import "./styles/read-models.css";
import "./styles/cards.css";
import "./styles/states.css";
import "./styles/pages.css";
import "./styles/tools.css";
import "./styles/work-pages.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { Breakage } from "./components/breakage.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element #root.");
createRoot(root).render(
  <StrictMode>
    <Breakage>
      <App />
    </Breakage>
  </StrictMode>,
);
