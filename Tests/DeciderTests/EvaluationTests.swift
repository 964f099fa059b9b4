import Algebra
import ConstraintSystem
import Decider
import Support
import Testing

@Suite("Public evaluations")
struct EvaluationTests {
  @Test("Oracle: truncated equality vectors, every length and block")
  func equalityTerms() {
    var random = SeededGenerator(seed: 41)
    let point = (0..<5).map { _ in F.random(using: &random) }
    let other = (0..<3).map { _ in F.random(using: &random) }
    let scale = F.random(using: &random)
    for block in 0..<4 {
      for length in 0...8 {
        let term = EqualityTerm(scale: scale, point: point, block: block, variables: 3, length: length)
        let expected = (0..<length).map { index -> F in
          var unit = [F](repeating: .zero, count: 32)
          unit[8 * block + index] = scale
          return naiveExtension(unit, at: point)
        }
        #expect(Array(term.vector) == expected)
        #expect(term.evaluated(at: other) == naiveExtension(expected, at: other))
      }
    }
    let short = EqualityTerm(scale: scale, point: [point[0]], block: 0, variables: 3, length: 2)
    #expect(Array(short.vector) == [scale * (F.one - point[0]), scale * point[0]])
  }

  @Test("Oracle: the public vectors and their value at a point, by the definition", arguments: [0, 1])
  func coefficients(kind: Int) throws {
    let toy = try ToyDecider(seed: 42)
    var random = SeededGenerator(seed: 43)
    func randomPoint(_ count: Int) -> [F] { (0..<count).map { _ in F.random(using: &random) } }
    let (relation, instance) = (toy.key.primary.relations[kind], toy.statement.primary[kind])
    let publics = [instance.u, instance.x]
    let (rowPoint, at) = (randomPoint(4), randomPoint(3))
    let w = randomPoint(4)
    let weights = RelationCoefficients<F>.Weights(left: w[0], right: w[1], output: w[2], claim: w[3])
    let coefficients = RelationCoefficients(
      key: relation, chunkLog: 3, weights: weights, publics: publics, points: (rowPoint, instance.claimPoint))

    let shape = relation.shape
    func column(_ index: Int) -> F {
      func sum(_ matrix: SparseMatrix<F>) -> F {
        naiveExtension((0..<shape.rowCount).map { naiveEntry(matrix, row: $0, column: index) }, at: rowPoint)
      }
      return w[0] * sum(shape.a) + w[1] * sum(shape.b) + w[2] * instance.u * sum(shape.c)
    }
    let bases: [Int?] = [0, 64, 16, 24, 32, 40, 48, nil, nil]
    let vectors = relation.chunks.indices.map { chunk -> [F] in
      (0..<relation.chunks[chunk].length).map { index in
        var sum = F.zero
        if let base = bases[chunk] {
          var unit = [F](repeating: .zero, count: 128)
          unit[base + index] = w[3]
          sum += naiveExtension(unit, at: instance.claimPoint)
        }
        if (4..<7).contains(chunk), let place = shape.valueOffsets.firstIndex(of: UInt32(8 * (chunk - 4) + index)) {
          sum += column(2 + place)
        }
        if chunk >= 7 { sum += column(2 + shape.valueOffsets.count + 8 * (chunk - 7) + index) }
        return sum
      }
    }
    // The inner products of all pairs are those of these vectors with the chunks, plus the public columns.
    let chunks = toy.witness.primary[kind].chunks
    var expected = column(0) * instance.u + column(1) * instance.x
    for (vector, chunk) in zip(vectors, chunks) {
      for index in vector.indices { expected += vector[index] * chunk[index] }
    }
    let found = coefficients.pairs(chunks: chunks).reduce(F.zero) { $0 + $1.coefficients.values.dot($1.vector.values) }
    #expect(found == expected)
    // At a point: the extension of every vector, and of the public columns times their value.
    let table = EqualityPolynomial.table(at)
    let evaluated = coefficients.evaluated(at: at, table: table)
    #expect(evaluated.publics == naiveExtension([column(0), column(1)], at: at) * naiveExtension(publics, at: at))
    #expect(evaluated.chunks == vectors.map { naiveExtension($0, at: at) })
    // The pairs' tables are the same polynomials.
    let pairs = coefficients.pairs(chunks: chunks)
    let product = pairs.reduce(F.zero) { sum, pair in
      sum + pair.coefficients.values.evaluateMultilinear(at: at) * pair.vector.values.evaluateMultilinear(at: at)
    }
    let chunkValues = chunks.map { naiveExtension(Array($0), at: at) }
    #expect(product == zip(evaluated.chunks, chunkValues).reduce(evaluated.publics) { $0 + $1.0 * $1.1 })
  }
}
