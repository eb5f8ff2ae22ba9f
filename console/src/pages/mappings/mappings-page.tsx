/** Which field is which at a connection, what is done to it on the way, and who decides it. Changed at the command line. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import {
  type MappedEntity,
  type MappedField,
  mappedConnectionsQuery,
  mappingsQuery,
} from '../../api/mappings.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { nameWords } from '../../kit/marks/values.tsx';
import { entityWords } from '../../kit/entities.ts';
import { capitalized } from '../../kit/titles.ts';
import { PageTitle } from '../../kit/page-title.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from './mappings.module.css';

const titleOf = (entity: string): string => capitalized(entityWords(entity));

const ways: Readonly<Record<MappedField['direction'], { readonly sign: string; readonly words: string }>> = {
  inbound: { sign: '→', words: 'comes in' },
  outbound: { sign: '←', words: 'goes out' },
  bidirectional: { sign: '↔', words: 'both ways' },
};

const decidedBy: Readonly<Record<string, string>> = {
  field: 'set for this field',
  entity: 'set for this kind of record',
  system: 'set for the connection',
  default: 'as it comes',
  mapping: 'carried one way',
};

const Command = ({ text }: { readonly text: string }) => (
  <div className={styles['command']}>
    <code className="mono">{text}</code>
    <CopyButton text={text} what="the command" />
  </div>
);

const word = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

const Field = ({
  connection,
  entity,
  of,
  mayMap,
}: {
  readonly connection: string;
  readonly entity: string;
  readonly of: MappedField;
  readonly mayMap: boolean;
}) => {
  const command = `tieline mappings set ${word(connection)} ${entity} ${word(of.external)} ${word(of.internal)} --direction ${of.direction}`;
  return (
    <tr>
      <td className="mono">{of.external}</td>
      <td className={styles['way']}>
        <span aria-hidden="true">{ways[of.direction].sign}</span> {ways[of.direction].words}
      </td>
      <td>
        {nameWords(of.internal)}
        <div className="quiet mono">{of.internal}</div>
      </td>
      <td>
        {of.transforms.length === 0 ? (
          <span className="quiet">as it is</span>
        ) : (
          of.transforms.map((step) => <div key={step}>{step}</div>)
        )}
        {of.isRequired ? <div className="quiet">A record without it is not imported.</div> : null}
        {of.differs ? <div className="attention">Not as the connector brings it.</div> : null}
      </td>
      <td className={styles['policy']}>
        {of.policy === null ? (
          <span className="quiet">reported, not merged</span>
        ) : (
          <>
            {of.policy.words}
            <div className="quiet">{decidedBy[of.policy.decidedBy] ?? of.policy.decidedBy}</div>
          </>
        )}
      </td>
      {mayMap ? (
        <td>
          <CopyButton text={command} what={`the command that changes ${of.internal}`} />
        </td>
      ) : null}
    </tr>
  );
};

const Commands = ({ name, entity }: { readonly name: string; readonly entity: string }) => {
  const mayMap = useMay('mapping:write');
  const mayDecide = useMay('policy:write');
  return mayMap || mayDecide ? (
    <Section title="To change it">
      <p className="quiet">
        These are changed at the command line, which shows the effect before anything is saved.
      </p>
      {mayMap ? (
        <>
          <Command text={`tieline mappings test ${name} ${entity} --record ID`} />
          <Command text={`tieline mappings export ${name} --out mappings.yaml`} />
          <Command text={`tieline mappings import ${name} mappings.yaml`} />
        </>
      ) : null}
      {mayDecide ? (
        <>
          <Command
            text={`tieline policies set ${name} ${entity} FIELD --direction bidirectional --strategy manual`}
          />
          <Command
            text={`tieline policies set ${name} ${entity} --filter "system=SYS-001 severity=critical,high"`}
          />
        </>
      ) : null}
    </Section>
  ) : null;
};

const Entity = ({ connection, of }: { readonly connection: string; readonly of: MappedEntity }) => {
  const mayMap = useMay('mapping:write');
  const name = word(connection);
  return (
    <>
      {of.limitedTo === null ? null : (
        <p>
          The policy of these records is limited to <code>{of.limitedTo}</code>: what stands here holds for
          them. For the others it is as if it were not there.
        </p>
      )}
      {of.approval === null ? null : <p className="quiet">{of.approval}</p>}
      <div className={detail['scrollX']} tabIndex={0} role="region" aria-label={titleOf(of.entity)}>
        <table className={detail['table']}>
          <thead>
            <tr>
              <th scope="col">There</th>
              <th scope="col">Way</th>
              <th scope="col">Here</th>
              <th scope="col">What is done on the way</th>
              <th scope="col">Who decides</th>
              {mayMap ? (
                <th scope="col">
                  <span className="hidden-text">Command</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {of.fields.map((field) => (
              <Field
                key={`${field.external} ${field.internal} ${field.direction}`}
                connection={connection}
                entity={of.entity}
                of={field}
                mayMap={mayMap}
              />
            ))}
          </tbody>
        </table>
      </div>
      <Commands name={name} entity={of.entity} />
    </>
  );
};

const Connection = ({
  connection,
  entity,
}: {
  readonly connection: string;
  readonly entity: string | undefined;
}) => (
  <Loaded query={useQuery(mappingsQuery(connection))}>
    {(found) => {
      const shown = found.entities.find((each) => each.entity === entity) ?? found.entities[0];
      return (
        <>
          <p className="quiet">Where nothing else is said: {found.usual}.</p>
          {shown === undefined ? (
            <p>Nothing is mapped at this connection: no record of it is read or written.</p>
          ) : (
            <>
              <nav className={detail['tabs']} aria-label="Kinds of records">
                {found.entities.map((each) => (
                  <Link
                    key={each.entity}
                    to="/setup/mappings/$connection/{-$entity}"
                    params={{ connection, entity: each.entity }}
                    aria-current={each === shown ? 'page' : undefined}
                  >
                    {titleOf(each.entity)} {each.fields.length}
                  </Link>
                ))}
              </nav>
              <div className={styles['body']}>
                <Entity key={shown.entity} connection={connection} of={shown} />
              </div>
            </>
          )}
        </>
      );
    }}
  </Loaded>
);

export const MappingsPage = () => {
  const { connection, entity } = useParams({ strict: false });
  return (
    <div className={detail['page']}>
      <PageTitle title="Mappings & policies" />
      <Loaded query={useQuery(mappedConnectionsQuery)} whole>
        {({ items }) => {
          const shown = connection ?? items[0]?.connection;
          return shown === undefined ? (
            <p>
              There is no connection yet. Add one with <code className="mono">tieline connections add</code>.
            </p>
          ) : (
            <>
              <div className={styles['connections']} role="group" aria-label="Connections">
                {items.map((each) => (
                  <Link
                    key={each.connection}
                    to="/setup/mappings/$connection/{-$entity}"
                    params={{ connection: each.connection, entity: undefined }}
                    aria-current={each.connection === shown ? 'page' : undefined}
                  >
                    {each.connection} <span className="quiet">{each.type}</span>
                  </Link>
                ))}
              </div>
              <Connection key={shown} connection={shown} entity={entity} />
            </>
          );
        }}
      </Loaded>
    </div>
  );
};
