export { tagStep } from './plan-tags.ts';
export { boundaryCategories, tagByWorkflow, takersOfTags, type Tagging, untag } from './tag-by-workflow.ts';
