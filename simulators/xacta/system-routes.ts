/** Systems with their components and controls. */
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { invalid, notFound, objectBody, refusedByVersion, type Presenter } from './answers.ts';
import { readControl, type ControlFields } from './normalise.ts';
import type { FieldError, XactaControl, XactaSystem } from './records.ts';
import { touch, type XactaStore } from './store.ts';

const implementationWords = [
  'implemented',
  'partially_implemented',
  'not_implemented',
  'planned',
  'not_applicable',
];
const assessmentWords = ['satisfied', 'other_than_satisfied', 'not_assessed', 'not_applicable'];

type InSystem = (
  act: (system: XactaSystem, request: SimRequest) => SimResponse,
) => (request: SimRequest) => SimResponse;

export function systemRoutes(store: XactaStore, present: Presenter, pageSize: number): Route[] {
  const inSystem: InSystem = (act) => (request) => {
    const id = request.params['system'] ?? '';
    const system = store.system(id);
    return system ? act(system, request) : notFound('system', id);
  };
  return [
    {
      method: 'GET',
      path: '/api/systems',
      handle: (request) => {
        const active = request.query.get('active');
        const wanted = store.systems.filter(
          (each) =>
            active === null || active === '' || (each.status === 'operational') === (active === 'true'),
        );
        return present.list('system', wanted, request, pageSize);
      },
    },
    {
      method: 'GET',
      path: '/api/systems/:system/components',
      handle: inSystem((system, request) =>
        present.list(
          'component',
          store.components.filter((each) => each.system_id === system.id),
          request,
          pageSize,
        ),
      ),
    },
    ...controlRoutes(store, present, pageSize, inSystem),
  ];
}

function controlRoutes(store: XactaStore, present: Presenter, pageSize: number, inSystem: InSystem): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/systems/:system/controls',
      handle: inSystem((system, request) => {
        const all = store.controlsOf(system.id);
        const bare = request.query.get('include_assessments') === 'false';
        return present.list('control', bare ? all.map(withoutAssessment) : all, request, pageSize);
      }),
    },
    {
      method: 'PUT',
      path: '/api/systems/:system/controls/:control',
      handle: inSystem((system, request) => {
        const id = (request.params['control'] ?? '').toUpperCase();
        const control = store.controlsOf(system.id).find((each) => each.control_id === id);
        if (!control) return notFound(`control of ${system.id}`, id);
        const given = objectBody(request);
        if ('refused' in given) return given.refused;
        const refused = refusedByVersion(request, control);
        if (refused) return refused;
        const errors: FieldError[] = [];
        const fields = readControl(given.body, errors);
        errors.push(...controlErrors(fields));
        if (errors.length > 0) return invalid(errors);
        Object.assign(control, fields);
        touch(control, request.now);
        return present.one('control', control, request);
      }),
    },
  ];
}

function withoutAssessment(control: XactaControl): XactaControl {
  const { assessment_status: _status, last_assessed: _assessed, findings: _findings, ...rest } = control;
  return rest as XactaControl; // only ever serialised
}

function controlErrors(fields: ControlFields): FieldError[] {
  const errors: FieldError[] = [];
  const inList = (field: keyof ControlFields, words: readonly string[]): void => {
    const value = fields[field];
    if (value !== null && !words.includes(value))
      errors.push({ field, rule: 'value_list', message: `"${value}" is none of ${words.join(', ')}` });
  };
  if (fields.implementation_status === null)
    errors.push({
      field: 'implementation_status',
      rule: 'required',
      message: 'implementation_status is required',
    });
  inList('implementation_status', implementationWords);
  inList('assessment_status', assessmentWords);
  if (fields.last_assessed !== null && Number.isNaN(Date.parse(fields.last_assessed)))
    errors.push({
      field: 'last_assessed',
      rule: 'instant',
      message: 'last_assessed must be an ISO 8601 instant',
    });
  return errors;
}
