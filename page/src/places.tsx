// The ports that servers handed out, by server: for what, to whom, by which message, and who came.
import type { JSX } from "preact";
import { Part } from "./app";
import type { Audit, Endpoint } from "./audit";
import { copy, csv } from "./csv";
import { count, within } from "./format";
import { Icon } from "./icon";
import type { Model, Place } from "./model";
import { matches, now, say } from "./state";

// More than these are not read, but searched.
const SERVERS = 40, PORTS = 100;

const serviceOf = (e: Endpoint): string => e.name || e.annotation || e.interface || e.protocol_sequence || e.endpoint;

const few = (names: string[], most: number): string =>
    names.length > most ? `${names.slice(0, most).join(", ")} and ${names.length - most} more` : names.join(", ");

// What is worth a second look.
function notes(place: Place, window: Audit["window"]): string[] {
    const list: string[] = [];
    if (place.failed > 0) list.push(`${count(place.failed)} of ${count(place.flows)} flows failed`);
    if (place.outside) list.push("outside the declared range");
    for (const e of place.services) if (e.ended !== "") list.push(`${serviceOf(e)} left at ${within(window, e.ended)}${e.moved_to > 0 ? `, now on ${e.moved_to}` : ""}`);
    return [...new Set(list)];
}

function usersOf(place: Place): string {
    const users = few(place.users, 4);
    return users === "" ? "nobody" : place.flows > 0 && place.failed >= place.flows ? `tried in vain by ${users}` : users;
}

function PlaceLine({ place, window }: { place: Place; window: Audit["window"] }): JSX.Element {
    const trouble = place.failed > 0;
    return (
        <tr>
            <th scope="row" class="mono">{place.port}</th>
            <td>
                {place.services.map((e) => (
                    <span key={`${e.interface}|${e.version}|${e.endpoint}|${e.protocol_sequence}`} class="service-name" title={[e.interface, e.setting].filter((text) => text !== "").join("; ")}>
                        {serviceOf(e)}{e.interface !== "" && <span class="muted"> {e.version}</span>}
                    </span>
                ))}
            </td>
            <td data-label="Learned by">{place.learned.join(", ")}</td>
            <td data-label="Told to">{few(place.told, 4) || "–"}</td>
            <td data-label="Used by">{usersOf(place)}</td>
            <td class="number" data-label="Flows">{count(place.flows)}</td>
            <td class="notes">{trouble && <Icon of="bad" />}{notes(place, window).join("; ")}</td>
        </tr>
    );
}

async function copyPlaces(places: Place[]): Promise<void> {
    const columns = ["server", "name", "port", "interface", "version", "service", "annotation", "setting that fixes the port", "learned from", "told to", "used by", "flows", "failed flows"];
    const lines = places.flatMap((place) => place.services.map((e) => [place.server, place.name, place.port, e.interface, e.version, e.name,
        e.annotation, e.setting, e.learned_from.join(" "), e.clients.join(" "), e.users.join(" "), e.flows, e.failed_flows]));
    say((await copy(csv(columns, lines))) ? `${lines.length} ports copied as CSV` : "The browser does not let this page copy");
}

export function Places({ model }: { model: Model }): JSX.Element {
    const { query } = now();
    const places = model.places.filter((place) => matches(query, place.text));
    const failing = new Set(places.filter((place) => place.failed > 0).map((place) => place.server));
    const all = [...new Set(places.map((place) => place.server))];
    const servers = [...all.filter((server) => failing.has(server)), ...all.filter((server) => !failing.has(server))].slice(0, SERVERS);
    const tools = places.length > 0 && <button type="button" class="quiet" onClick={() => void copyPlaces(places)}>Copy as CSV</button>;
    return (
        <Part id="places" title="Ports handed out" tools={tools}
            lead={places.length === 0 ? (model.places.length > 0 ? "No port holds these words." : "No server was heard handing out a port.") : "Dynamic RPC ports, media and SIP ports that servers named, and who came to them."}>
            {servers.map((server) => {
                const here = places.filter((place) => place.server === server);
                return (
                    <div key={server} class="server-ports">
                        <h3>{here[0]?.name} {here[0]?.name !== server && <span class="muted mono">{server}</span>}</h3>
                        <table class="plain">
                            <thead><tr><th scope="col">Port</th><th scope="col">Service</th><th scope="col">Learned by</th><th scope="col">Told to</th><th scope="col">Used by</th><th scope="col" class="number">Flows</th><th scope="col"><span class="aside">Notes</span></th></tr></thead>
                            <tbody>{here.slice(0, PORTS).map((place) => <PlaceLine key={place.key} place={place} window={model.audit.window} />)}</tbody>
                        </table>
                        {here.length > PORTS && <p class="lead">The first {PORTS} of {here.length}; filter to see others.</p>}
                    </div>
                );
            })}
            {all.length > SERVERS && <p class="lead">{count(all.length - SERVERS)} more servers; filter to see them. Copy as CSV has all.</p>}
        </Part>
    );
}
