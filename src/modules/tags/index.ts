export { tagStep } from './plan-tags.ts';
export { boundaryCategories, tagByWorkflow, takersOfTags, untag } from './tag-by-workflow.ts';
