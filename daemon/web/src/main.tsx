import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProblem, auth } from "./api/client";
import { startLive } from "./api/live";
import { router } from "./router";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/pages.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream keeps what is shown fresh; a read on focus costs a 304 and mends what a sleeping laptop missed.
      staleTime: 20_000,
      gcTime: 300_000,
      retry: (failures, error) => failures < 3 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
      retryDelay: (failures) => 400 * 2 ** failures,
    },
  },
});

auth.listen(() => {
  if (!auth.refused()) void client.resetQueries();
});
startLive(client);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
