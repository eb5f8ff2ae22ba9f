import { acceptance } from './acceptance.ts';
import { artifact } from './artifact.ts';
import { assetContext } from './asset-context.ts';
import { assetTag } from './asset-tag.ts';
import { asset } from './asset.ts';
import { compliance } from './compliance.ts';
import { component } from './component.ts';
import { control } from './control.ts';
import { registerEntities } from './define-entity.ts';
import { finding } from './finding.ts';
import { milestone } from './milestone.ts';
import { poam } from './poam.ts';
import { system } from './system.ts';

// Whoever enters this room by its door finds in the registry what ships.
registerEntities([
  asset,
  finding,
  compliance,
  assetTag,
  assetContext,
  acceptance,
  system,
  component,
  control,
  poam,
  milestone,
  artifact,
]);
