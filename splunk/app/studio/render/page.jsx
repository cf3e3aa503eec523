// Draws one dashboard of the app with Splunk's own packages. Its searches go to the test's server,
// which has them answered by the sandbox. What the test waits for and asks is in window.foresight.
import React from 'react';
import { createRoot } from 'react-dom/client';
import SplunkThemeProvider from '@splunk/themes/SplunkThemeProvider';
import DashboardCore from '@splunk/dashboard-core';
import { DashboardContextProvider } from '@splunk/dashboard-context';
import EnterpriseViewOnlyPreset from '@splunk/dashboard-presets/EnterpriseViewOnlyPreset';
import DataSource from '@splunk/datasources/DataSource';
import DataSet from '@splunk/datasource-utils/DataSet';
import { CustomUrlDrilldown } from '@splunk/dashboard-event-handlers';

const state = (window.foresight = { asked: 0, answered: 0, last: 0, errors: [], opened: [] });

// Sandboxed takes the place of ds.search: tokens are in the query already.
class Sandboxed extends DataSource {
    request() {
        return (observer) => {
            const stop = new AbortController();
            state.asked += 1;
            (async () => {
                try {
                    const { query, queryParameters = {} } = this.options;
                    const reply = await fetch('/search', {
                        method: 'POST',
                        signal: stop.signal,
                        body: JSON.stringify({ query, earliest: queryParameters.earliest, latest: queryParameters.latest }),
                    });
                    const answer = await reply.json();
                    if (!reply.ok) throw new Error(answer.error);
                    observer.next({
                        data: DataSet.fromJSONCols(answer.fields, answer.columns),
                        meta: { totalCount: answer.rows, percentComplete: 100, status: 'done', lastUpdated: new Date().toISOString() },
                    });
                    observer.complete();
                } catch (e) {
                    if (e.name !== 'AbortError') {
                        state.errors.push(`${e.message} in ${this.options.query}`);
                        observer.error({ level: 'error', message: e.message });
                    }
                } finally {
                    state.answered += 1;
                    state.last = performance.now();
                }
            })();
            return () => stop.abort();
        };
    }
}

// LinkToDashboard is Splunk Web's own, and in none of its packages. As documented, a value is the name of a part of what
// was clicked or of a token, without dollars. Splunk's own code keeps tokens in the address, as form.TOKEN, and
// takes them from there.
class LinkToDashboard extends CustomUrlDrilldown {
    constructor(options) {
        super({ ...options, url: `/app/${options.app}/${options.dashboard}` });
        this.handle = async ({ payload }) => {
            const here = new URLSearchParams(window.location.search);
            const there = new URLSearchParams();
            for (const { token, value } of options.tokens ?? []) there.set(`form.${token}`, payload[value] ?? here.get(`form.${value}`));
            return [{ type: 'linkTo', payload: { url: [this.options.url, String(there)].filter(Boolean).join('?'), newTab: options.newTab } }];
        };
    }
}

const preset = {
    ...EnterpriseViewOnlyPreset,
    dataSources: { ...EnterpriseViewOnlyPreset.dataSources, 'ds.search': Sandboxed },
    eventHandlers: { ...EnterpriseViewOnlyPreset.eventHandlers, 'drilldown.linkToDashboard': LinkToDashboard },
};

// Where clicks lead is told, and nobody goes there.
const stay = {
    onLinkToUrl: (event) => {
        event.preventDefault();
        state.opened.push(event.url);
    },
};

// show draws a dashboard anew, at an address such as ?form.signal=orders: another reader's first look, without loading
// Splunk's packages again.
let root;
state.show = async (view, theme, address = '/') => {
    root?.unmount();
    window.history.replaceState(null, '', address); // where dashboards keep their tokens
    Object.assign(state, { asked: 0, answered: 0, errors: [], opened: [], last: performance.now() });
    const definition = await (await fetch(`/definition/${view}`)).json();
    root = createRoot(document.getElementById('root'));
    root.render(
        <SplunkThemeProvider family="enterprise" colorScheme={theme} density="comfortable">
            <DashboardContextProvider preset={preset} initialDefinition={definition} dashboardPlugin={stay} featureFlags={{ showLastUpdated: true, enableShowHide: true }}>
                <DashboardCore width="100%" height="auto" />
            </DashboardContextProvider>
        </SplunkThemeProvider>
    );
    return true;
};
