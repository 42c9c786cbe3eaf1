# What R gives for the data sets of test_association_r.py, in one run:
#     Rscript association.R DATA.csv POOLED.csv RESULTS.csv
# DATA has the columns dataset, area, x, y, grade, binary (empty where missing), POOLED dataset, estimate, se, df.
# RESULTS gets dataset, method, quantity, value; the versions that made it are printed.
packages <- c("lme4", "lmerTest", "pbkrtest", "clubSandwich", "sandwich", "ordinal", "coin", "mice")
missing <- packages[!sapply(packages, requireNamespace, quietly = TRUE)]
if (length(missing)) {
  cat("missing:", missing)
  quit(status = 3)
}
suppressPackageStartupMessages(library(lmerTest))
versions <- sapply(packages, function(name) as.character(packageVersion(name)))
cat(R.version.string, paste(packages, versions), sep = ", ")

files <- commandArgs(trailingOnly = TRUE)
rows <- list()
key <- NA
keep <- function(method, values) {
  found <- data.frame(dataset = key, method = method, quantity = names(values), value = unname(unlist(values)))
  rows[[length(rows) + 1]] <<- found
}

# lmer stops where its optimiser is content, which leaves about 1e-5; `strict` lets it go on.
strict <- lmerControl(
  optimizer = "nloptwrap", optCtrl = list(ftol_abs = 1e-15, ftol_rel = 1e-15, xtol_abs = 1e-13, xtol_rel = 1e-13, maxeval = 5000),
  calc.derivs = FALSE, check.conv.singular = "ignore"
)
usual <- lmerControl(check.conv.singular = "ignore", check.conv.grad = "ignore", check.conv.hess = "ignore")

mixed <- function(d) {
  for (control in c("strict", "usual")) {
    fitted <- lmer(y ~ x + (1 | area), d, REML = TRUE, control = get(control))
    found <- coef(summary(fitted, ddf = "Kenward-Roger"))["x", c(1, 2, 3, 5)]
    spread <- as.data.frame(VarCorr(fitted))$vcov
    keep(paste("kenward-roger", control), list(
      estimate = found[[1]], se = found[[2]], df = found[[3]], p = found[[4]], area = spread[1], residual = spread[2]
    ))
  }
  # The same by pbkrtest alone: a second way through R.
  direct <- pbkrtest::vcovAdj(fitted <- lmer(y ~ x + (1 | area), d, control = strict))
  keep("pbkrtest", list(se = sqrt(direct[2, 2]), df = pbkrtest::Lb_ddf(c(0, 1), vcov(fitted), direct)))
}

mundlak <- function(d) {
  d$mean <- ave(d$x, d$area)
  d$inner <- d$x - d$mean
  fitted <- lmer(y ~ inner + mean + (1 | area), d, control = strict)
  found <- coef(summary(fitted, ddf = "Kenward-Roger"))
  for (part in c("inner", "mean")) {
    own <- found[part, ]
    keep(paste("mundlak", part), list(estimate = own[[1]], se = own[[2]], df = own[[3]], p = own[[5]]))
  }
  fisher(found["inner", 5], found["mean", 5], "fisher kenward-roger")
}

fisher <- function(within, between, name) {
  keep(name, list(p = pchisq(-2 * (log(within) + log(between)), 4, lower.tail = FALSE)))
}

least_squares <- function(d) {
  fitted <- lm(y ~ x, d)
  for (kind in c("CR1", "CR2", "CR3")) {
    found <- clubSandwich::coef_test(fitted, vcov = kind, cluster = d$area, test = "Satterthwaite")["x", ]
    keep(kind, list(estimate = found$beta, se = found$SE, df = found$df_Satt, p = found$p_Satt))
  }
  own <- lm(y ~ x + factor(area), d)
  found <- coef(summary(own))["x", ]
  keep("fixed effects", list(estimate = found[[1]], se = found[[2]], df = own$df.residual, p = found[[4]]))
}

cumulative <- function(d) {
  fitted <- ordinal::clm(ordered(grade) ~ x, data = d, control = list(gradTol = 1e-10, maxIter = 200))
  # HC0 with cadjust: scores summed by area, times C / (C - 1).
  robust <- sandwich::vcovCL(fitted, cluster = d$area, type = "HC0", cadjust = TRUE)
  keep("cumulative link", list(estimate = coef(fitted)[["x"]], se = sqrt(robust["x", "x"])))
}

orders <- function(n) {
  if (n < 2) return(matrix(seq_len(n), 1))
  smaller <- orders(n - 1)
  do.call(rbind, lapply(seq_len(n), function(first) cbind(first, matrix(seq_len(n)[-first][smaller], nrow(smaller)))))
}

# All sums over areas of statistic(x, y rearranged within the area), one after another.
arranged <- function(d, statistic) {
  sums <- 0
  for (own in split(d, d$area)) {
    values <- apply(orders(nrow(own)), 1, function(order) statistic(own$x, own$y[order]))
    sums <- as.vector(outer(values, sums, "+"))
  }
  sums
}
beyond <- function(sums, observed) mean(abs(sums) >= abs(observed) - 1e-9 * max(abs(sums)))

permuted <- function(d) {
  product <- function(x, y) sum((x - mean(x)) * y)
  observed <- sum(sapply(split(d, d$area), function(own) product(own$x, own$y)))
  sums <- arranged(d, product)
  within <- beyond(sums, observed)
  keep("permutation within", list(p = within, arrangements = length(sums), floor = beyond(sums, max(abs(sums)))))
  means <- aggregate(cbind(x, y) ~ area, d, mean)
  across <- apply(orders(nrow(means)), 1, function(order) product(means$x, means$y[order]))
  between <- beyond(across, product(means$x, means$y))
  keep("permutation of areas", list(p = between, arrangements = length(across)))
  fisher(within, between, "fisher permutation")
}

ranked <- function(d) {
  signs <- function(v) sign(outer(v, v, "-"))
  concordance <- function(x, y) sum(signs(x) * signs(y)) / 2
  untied <- function(name) sum(sapply(split(d[[name]], d$area), function(v) sum(abs(signs(v))) / 2))
  observed <- sum(sapply(split(d, d$area), function(own) concordance(own$x, own$y)))
  keep("kendall", list(
    estimate = observed / sqrt(untied("x") * untied("y")), p = beyond(arranged(d, concordance), observed)
  ))
}

# coin counts exactly for two groups and whole-numbered outcomes, in blocks.
two_groups <- function(d) {
  d <- d[ave(d$x, d$area, FUN = length) > 1, ]
  found <- coin::independence_test(
    grade ~ factor(binary) | factor(area), d, distribution = coin::exact(algorithm = "shift"), teststat = "scalar"
  )
  keep("coin", list(p = as.numeric(coin::pvalue(found))))
}

data <- read.csv(files[1])
for (key in unique(data$dataset)) {
  complete <- na.omit(data[data$dataset == key, ])
  mixed(complete)
  mundlak(complete)
  least_squares(complete)
  cumulative(complete)
  if (prod(factorial(table(complete$area))) <= 20000) {
    permuted(complete)
    ranked(complete)
    two_groups(complete)
  }
}
pooled <- read.csv(files[2])
for (key in unique(pooled$dataset)) {
  own <- pooled[pooled$dataset == key, ]
  found <- mice::pool.scalar(own$estimate, own$se^2, n = own$df[1] + 1, k = 1)
  keep("rubin", list(estimate = found$qbar, se = sqrt(found$t), df = found$df))
}
write.csv(format(do.call(rbind, rows), digits = 17), files[3], row.names = FALSE)
