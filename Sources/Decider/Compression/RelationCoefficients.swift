package import Algebra
import ConstraintSystem

/// The public vectors that a relation's chunks are multiplied with in the inner sumcheck.
///
/// For a chunk of columns they are those columns of eq(rowPoint, .) (alpha A + beta B + gamma u C); for errors gamma
/// eq(rowPoint, .); for entries of Q theta eq(claimPoint, .). All are zero past the chunk's length. The public columns
/// count as one more chunk, whose entries the verifier knows.
package struct RelationCoefficients<F: PrimeField> {
  /// The random weights of a relation's claims.
  package struct Weights: Sendable {
    /// Weight of the left values' claim (alpha).
    package let left: F
    /// Weight of the right values' claim (beta).
    package let right: F
    /// Weight of the outputs' claim (gamma).
    package let output: F
    /// Weight of the claim about Q (theta).
    package let claim: F

    /// Weights of the four claims.
    package init(left: F, right: F, output: F, claim: F) {
      self.left = left
      self.right = right
      self.output = output
      self.claim = claim
    }
  }

  private let key: RelationKey<F>
  private let chunkLog: Int
  private let publics: [F]
  private let sums: ColumnSums<F>
  private let terms: [EqualityTerm<F>?]

  /// The coefficients for public columns `publics`, u first.
  ///
  /// - Parameter rowTable: eq(row, .), if it is known.
  package init(
    key: RelationKey<F>, chunkLog: Int, weights: Weights, publics: [F], points: (row: [F], claim: [F]),
    rowTable: FieldVector<F>? = nil
  ) {
    self.key = key
    self.chunkLog = chunkLog
    self.publics = publics
    sums = key.shape.combineColumns(
      weights: (rowTable ?? EqualityPolynomial.table(points.row)).elements, weights.left, weights.right,
      weights.output * publics[0])
    terms = key.chunks.map { chunk in
      if case .errors(let row) = chunk.role {
        return EqualityTerm(
          scale: weights.output, point: points.row, block: row >> chunkLog, variables: chunkLog, length: chunk.length)
      }
      return chunk.claimBase.map {
        EqualityTerm(
          scale: weights.claim, point: points.claim, block: $0 >> chunkLog, variables: chunkLog, length: chunk.length)
      }
    }
  }

  /// The coefficients' extensions at a point of 2^k, one for each chunk, and the public chunk's contribution there: its
  /// coefficients' extension times its value.
  ///
  /// - Parameter table: eq(point, .).
  package func evaluated(at point: [F], table: FieldVector<F>) -> (chunks: [F], publics: F) {
    let chunks = key.chunks.indices.map { index -> F in
      columnsValue(of: index, table: table) + (terms[index].map { $0.evaluated(at: point) } ?? .zero)
    }
    let publicColumns = FieldVector(sums.publics).dot(table)
    return (chunks, publicColumns * FieldVector(publics).evaluateMultilinear(at: point))
  }

  /// The coefficient vectors and the vectors they meet; chunks that only occur in Q, and fill it, are summed up first
  /// because their coefficients are proportional.
  package func pairs(chunks: [VectorChunk<F>]) -> [InnerProductSummand<F>.Pair] {
    precondition(chunks.count == key.chunks.count, "One vector for each placement.")
    func pair(_ coefficients: FieldVector<F>, _ vector: FieldVector<F>) -> InnerProductSummand<F>.Pair {
      InnerProductSummand<F>.Pair(coefficients: coefficients, vector: vector, variableCount: chunkLog)
    }
    var pairs = [pair(FieldVector(sums.publics), FieldVector(publics))]
    var (joint, jointPoint): (FieldVector<F>, [F]?) = ([], nil)
    for index in chunks.indices where !chunks[index].isEmpty {
      let matrixPart = matrixPart(of: index)
      guard let term = terms[index] else {
        if let matrixPart { pairs.append(pair(matrixPart, chunks[index].vector)) }
        continue
      }
      if let matrixPart {
        pairs.append(pair(matrixPart + term.vector, chunks[index].vector))
      } else if term.length == 1 << chunkLog, key.chunks[index].role == .claimOnly {
        if jointPoint == nil {
          (joint, jointPoint) = (FieldVector(repeating: F.zero, count: 1 << chunkLog), term.point)
        }
        chunks[index].add(to: &joint, times: term.scale)
      } else if term.length > 0 {
        pairs.append(pair(term.vector, chunks[index].vector))
      }
    }
    if let jointPoint { pairs.append(pair(EqualityPolynomial.table(jointPoint), joint)) }
    return pairs
  }

  /// The extension of a chunk's `matrixPart`, without writing the vector out.
  private func columnsValue(of chunk: Int, table: FieldVector<F>) -> F {
    guard case .columns(let first) = key.chunks[chunk].role else { return .zero }
    let range = first.offset..<(first.offset + key.chunks[chunk].length)
    switch first.part {
    case .publics, .inputs:
      return .zero
    case .values:
      return zip(key.shape.valueOffsets, sums.values).reduce(F.zero) { sum, column in
        range.contains(Int(column.0)) ? sum + column.1 * table[Int(column.0) - range.lowerBound] : sum
      }
    case .trace:
      return table.dot(sums.trace[range.clamped(to: 0..<sums.trace.count)])
    }
  }

  /// The matrices' columns that belong to a chunk, as many as its length; nil for a chunk without columns.
  private func matrixPart(of chunk: Int) -> FieldVector<F>? {
    guard case .columns(let first) = key.chunks[chunk].role, key.chunks[chunk].length > 0 else { return nil }
    let length = key.chunks[chunk].length
    var part = [F](repeating: .zero, count: length)
    switch first.part {
    case .publics, .inputs:
      return nil
    case .values:
      let offsets = key.shape.valueOffsets
      for (offset, sum) in zip(offsets, sums.values) {
        let index = Int(offset) - first.offset
        if (0..<length).contains(index) { part[index] = sum }
      }
    case .trace:
      let end = min(first.offset + length, sums.trace.count)
      for index in first.offset..<max(first.offset, end) { part[index - first.offset] = sums.trace[index] }
    }
    return FieldVector(part)
  }
}

extension RelationKey {
  /// (A z, B z, C z) for the z with these public columns whose chunks have the entries given.
  func rowProducts(publics: [F], entry: @Sendable (_ chunk: Int, _ index: Int) -> F) -> RowProducts<F> {
    var values: [F] = []
    values.reserveCapacity(shape.valueOffsets.count)
    var spans = spans(of: .values)[...]
    for offset in shape.valueOffsets {
      while let span = spans.first, span.offsets.upperBound <= Int(offset) { spans = spans.dropFirst() }
      guard let span = spans.first else { preconditionFailure("Every committed value in a row has its chunk.") }
      values.append(entry(span.chunk, Int(offset) - span.offsets.lowerBound))
    }
    var trace: [F] = []
    trace.reserveCapacity(shape.traceCount)
    for span in self.spans(of: .trace) {
      trace += Parallel.map(count: span.offsets.count, minimumChunk: 2048) { entry(span.chunk, $0) }
    }
    return shape.multiply(occurringValues: values, trace: trace, publics: publics)
  }
}
