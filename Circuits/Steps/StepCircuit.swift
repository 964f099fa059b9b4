package import Arguments
package import Model

/// What one kind of step proves of the model: the statement of its step argument and its token logic.
package struct StepCircuit: Sendable {
  /// The kind.
  package let kind: StepKind
  /// The constants.
  package let parameters: CircuitParameters
  /// Lookups, products and relations over the step's segments.
  package let statement: StepStatement
  /// [limb] the recursion's digits, in the values segment; each is looked up in the range of digitBits bits.
  package let limbs: Tensor
  /// The entries each segment takes, by `Segment.rawValue`.
  package let segmentEntries: [Int]
  /// log2 of the size of each segment's largest tensor, by `Segment.rawValue`.
  package let largestLogs: [Int]
  /// All tensors, largest first; names are unique.
  package let tensors: [Tensor]
  /// What of the model they hold.
  let parts: StepParts

  /// The circuits of all kinds, by `StepKind.rawValue`; they share one list of tables.
  package static func all(_ parameters: CircuitParameters) -> [StepCircuit] {
    let drafts = StepKind.allCases.map { StepDraft($0, parameters: parameters) }
    let ranges = RangePlan(
      digitBits: parameters.quantization.digitBits, drafts: drafts.map(\.builder),
      otherEntries: parameters.functionEntries)
    let tables = parameters.tableList(ranges)
    return zip(StepKind.allCases, drafts).map { StepCircuit($0, draft: $1, ranges: ranges, tables: tables) }
  }

  private init(_ kind: StepKind, draft: StepDraft, ranges: RangePlan, tables: Arguments.LookupTables) {
    let name = "multiplicities"
    let shapes = draft.builder.shapes
    let plan = SegmentPlan(shapes + [SegmentPlan.Shape(name: name, axes: [tables.entries], segment: .values)])
    let placed = StepDraft(kind, parameters: draft.builder.parameters, plan: plan, ranges: ranges)
    self.kind = kind
    parameters = draft.builder.parameters
    statement = placed.builder.statement(tables: tables, multiplicities: plan[name])
    limbs = placed.limbs
    parts = placed.parts
    tensors = plan.tensors
    var (entries, largestLogs) = (plan.entries, plan.largestLogs)
    entries[Segment.tables.rawValue] = tables.columns.count * tables.ids.count
    largestLogs[Segment.tables.rawValue] = tables.entries.logSize
    segmentEntries = entries
    self.largestLogs = largestLogs
  }
}

// The integers of honest steps. Digits of the recursion are written later, and lookups counted after them.
extension StepCircuit {
  /// The weights segment: of the embedding, of one layer, of the head; empty for the final step.
  package func weights(of model: QuantizedModel, layer index: Int = 0) -> [Int16] {
    let count = segmentEntries[Segment.weights.rawValue]
    var values = StepValues(entries: segmentEntries, weights: [Int16](repeating: 0, count: count))
    switch parts {
    case .embedding(let embedding): values.assign(model.embedding, rows: parameters.vocabulary, to: embedding.matrix)
    case .layer(let layer): layer.assign(model.layers[index], to: &values)
    case .head(let head): values.assign(model.head, rows: parameters.vocabulary, to: head.matrix)
    case .final: break
    }
    return values.weights
  }

  /// The integers of an embedding step.
  package func values(of trace: EmbeddingTrace, weights: [Int16]) -> StepValues {
    guard case .embedding(let embedding) = parts else { preconditionFailure("an embedding's trace") }
    return values(weights: weights) { embedding.assign(trace, to: &$0) }
  }

  /// The integers of a layer.
  package func values(of trace: LayerTrace, weights: [Int16]) -> StepValues {
    guard case .layer(let layer) = parts else { preconditionFailure("a layer's trace") }
    return values(weights: weights) { layer.assign(trace, to: &$0) }
  }

  /// The integers of a head, whose text is `tokens`: all positions, 0 beyond its length.
  package func values(of trace: HeadTrace, tokens: [Int], weights: [Int16]) -> StepValues {
    guard case .head(let head) = parts else { preconditionFailure("a head's trace") }
    return values(weights: weights) { head.assign(trace, tokens: tokens, to: &$0) }
  }

  /// The integers of a final step.
  package func values() -> StepValues {
    guard case .final = parts else { preconditionFailure("only the final step has no trace") }
    return values(weights: []) { _ in }
  }

  private func values(weights: [Int16], _ assign: (inout StepValues) -> Void) -> StepValues {
    var values = StepValues(entries: segmentEntries, weights: weights)
    assign(&values)
    return values
  }
}
